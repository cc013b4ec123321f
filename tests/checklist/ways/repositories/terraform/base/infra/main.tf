terraform {
  backend "gcs" {
    bucket = "escarpment-state"
  }
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.0"
    }
  }
}

variable "project" {
  type = string
}

variable "image_tag" {
  type = string
}

resource "google_cloud_run_v2_service" "web" {
  name     = "escarpment"
  project  = var.project
  location = "europe-west1"

  template {
    containers {
      image = "europe-docker.pkg.dev/escarpment-prod/apps/escarpment:${var.image_tag}"
      ports {
        container_port = 8080
      }
    }
  }
}
