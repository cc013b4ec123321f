server "web1.tidepool.example.com", user: "deploy", roles: %w[app db web]
