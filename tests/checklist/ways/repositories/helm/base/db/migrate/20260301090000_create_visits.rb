class CreateVisits < ActiveRecord::Migration[8.0]
  def change
    create_table :visits do |t|
      t.string :name, null: false
      t.text :badge
      t.timestamps
    end
  end
end
