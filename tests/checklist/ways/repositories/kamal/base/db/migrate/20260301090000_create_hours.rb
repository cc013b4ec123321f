class CreateHours < ActiveRecord::Migration[8.0]
  def change
    create_table :hours do |t|
      t.string :name, null: false
      t.text :shade
      t.timestamps
    end
  end
end
