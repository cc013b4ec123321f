class RemoveCommentFromSamples < ActiveRecord::Migration[8.0]
  def change
    remove_column :samples, :comment, :text
  end
end
