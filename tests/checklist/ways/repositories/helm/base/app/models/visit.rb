class Visit < ApplicationRecord
  validates :name, presence: true
end
