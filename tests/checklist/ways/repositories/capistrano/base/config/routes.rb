Rails.application.routes.draw do
  get "up" => "rails/health#show"
  resources :crabs, only: :show
end
