lock "~> 3.19"

set :application, "tidepool"
set :repo_url, "git@github.com:acme/tidepool.git"
set :branch, ENV.fetch("REVISION", "main")
set :deploy_to, "/srv/tidepool"
set :keep_releases, 5
append :linked_files, "config/master.key"
