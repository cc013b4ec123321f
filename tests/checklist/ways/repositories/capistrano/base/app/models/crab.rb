class Crab < ApplicationRecord
  validates :name, presence: true
end
