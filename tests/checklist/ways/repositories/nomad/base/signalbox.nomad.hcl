job "signalbox" {
  datacenters = ["fra1"]
  type        = "service"

  group "web" {
    count = 2

    network {
      port "http" {
        to = 8000
      }
    }

    update {
      max_parallel = 1
      auto_revert  = true
    }

    service {
      name = "signalbox"
      port = "http"
      check {
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "web" {
      driver = "docker"
      config {
        image = "registry.example.com/signalbox/web:1.0.0"
        ports = ["http"]
      }
    }
  }
}
