class Parcel < ApplicationRecord
  validates :name, presence: true
end
