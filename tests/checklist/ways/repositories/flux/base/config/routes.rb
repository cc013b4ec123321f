Rails.application.routes.draw do
  get "up" => "rails/health#show"
  resources :samples, only: :show
end
