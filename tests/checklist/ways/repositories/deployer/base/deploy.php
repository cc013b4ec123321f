<?php

namespace Deployer;

require 'recipe/laravel.php';

set('application', 'lumenshop');
set('repository', 'git@github.com:acme/lumenshop.git');
set('keep_releases', 5);

host('production')
    ->setHostname('web1.lumenshop.example.com')
    ->setRemoteUser('deploy')
    ->setDeployPath('/srv/lumenshop');

after('deploy:failed', 'deploy:unlock');
