class Hour < ApplicationRecord
  validates :name, presence: true
end
