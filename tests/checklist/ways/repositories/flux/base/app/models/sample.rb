class Sample < ApplicationRecord
  validates :name, presence: true
end
