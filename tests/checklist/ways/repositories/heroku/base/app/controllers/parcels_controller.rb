class ParcelsController < ApplicationController
  def show
    parcel = Parcel.find(params[:id])
    render json: { id: parcel.id, name: parcel.name, label: parcel.label }
  end
end
