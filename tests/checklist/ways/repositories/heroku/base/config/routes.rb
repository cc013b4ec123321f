Rails.application.routes.draw do
  get "up" => "rails/health#show"
  resources :parcels, only: :show
end
