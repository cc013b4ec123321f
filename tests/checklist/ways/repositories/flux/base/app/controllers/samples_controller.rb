class SamplesController < ApplicationController
  def show
    sample = Sample.find(params[:id])
    render json: { id: sample.id, name: sample.name, comment: sample.comment }
  end
end
