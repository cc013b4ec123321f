server "staging.tidepool.example.com", user: "deploy", roles: %w[app db web]
