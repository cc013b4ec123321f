project   = "escarpment-prod"
image_tag = "1.0.0"
