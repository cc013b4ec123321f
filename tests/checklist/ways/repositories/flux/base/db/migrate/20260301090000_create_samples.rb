class CreateSamples < ActiveRecord::Migration[8.0]
  def change
    create_table :samples do |t|
      t.string :name, null: false
      t.text :comment
      t.timestamps
    end
  end
end
