class CreateParcels < ActiveRecord::Migration[8.0]
  def change
    create_table :parcels do |t|
      t.string :name, null: false
      t.text :label
      t.timestamps
    end
  end
end
