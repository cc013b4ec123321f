class AddClawToCrabs < ActiveRecord::Migration[8.0]
  def change
    add_column :crabs, :claw, :text
  end
end
