class RemoveBadgeFromVisits < ActiveRecord::Migration[8.0]
  def change
    remove_column :visits, :badge, :text
  end
end
