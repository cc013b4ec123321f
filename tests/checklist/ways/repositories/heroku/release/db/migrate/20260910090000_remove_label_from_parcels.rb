class RemoveLabelFromParcels < ActiveRecord::Migration[8.0]
  def change
    remove_column :parcels, :label, :text
  end
end
