class CrabsController < ApplicationController
  def show
    crab = Crab.find(params[:id])
    render json: { id: crab.id, name: crab.name }
  end
end
