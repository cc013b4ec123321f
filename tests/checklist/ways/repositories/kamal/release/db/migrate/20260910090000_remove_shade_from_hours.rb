class RemoveShadeFromHours < ActiveRecord::Migration[8.0]
  def change
    remove_column :hours, :shade, :text
  end
end
