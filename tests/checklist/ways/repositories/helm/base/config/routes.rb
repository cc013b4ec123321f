Rails.application.routes.draw do
  get "up" => "rails/health#show"
  resources :visits, only: :show
end
