class HoursController < ApplicationController
  def show
    hour = Hour.find(params[:id])
    render json: { id: hour.id, name: hour.name }
  end
end
