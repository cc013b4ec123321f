class VisitsController < ApplicationController
  def show
    visit = Visit.find(params[:id])
    render json: { id: visit.id, name: visit.name }
  end
end
