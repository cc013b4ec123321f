"""A pipeline of each service that does the same: a build, a stage before production, production; out of order."""

GITHUB = ".github/workflows/release.yml"
SERVICES = {
    GITHUB: """
        name: Release
        on: {push: {tags: ["v*"]}}
        jobs:
          production:
            needs: [build, staging]
            environment: {name: production}
            steps:
              - uses: actions/checkout@v5
              - {run: ship it, working-directory: api}
          staging:
            needs: build
            environment: staging
            steps: [{run: kubectl apply -f staging.yaml}]
          build:
            steps: [{run: docker build -t shop .}]
    """,
    ".gitlab-ci.yml": """
        stages: [build, deploy]
        .common: {before_script: [echo hi], variables: {A: "1"}}
        production:
          extends: .common
          stage: deploy
          environment: production
          when: manual
          script: [ship it]
        staging: {stage: deploy, environment: staging, script: [kubectl apply -f staging.yaml]}
        build: {stage: build, script: [docker build -t shop .]}
    """,
    "azure-pipelines.yml": """
        trigger: {tags: {include: ["v*"]}}
        stages:
          - stage: Build
            jobs: [{job: build, steps: [{script: docker build -t shop .}]}]
          - stage: Staging
            jobs:
              - deployment: web
                environment: staging
                strategy: {runOnce: {deploy: {steps: [{bash: kubectl apply -f staging.yaml}]}}}
          - stage: Production
            dependsOn: [Build, Staging]
            jobs:
              - deployment: web
                environment: production
                strategy: {runOnce: {deploy: {steps: [{task: Bash@3, inputs: {script: ship it}}]}}}
    """,
    ".circleci/config.yml": """
        version: 2.1
        commands:
          deliver: {parameters: {to: {type: string}}, steps: [{run: "ship << parameters.to >>"}]}
        jobs:
          build: {steps: [checkout, {run: docker build -t shop .}]}
          deploy-staging: {steps: [{run: kubectl apply -f staging.yaml}]}
          deploy-production: {steps: [{deliver: {to: it}}]}
        workflows:
          release:
            jobs:
              - deploy-production: {requires: [hold], filters: {tags: {only: /v.*/}, branches: {ignore: /.*/}}}
              - hold: {type: approval, requires: [build], filters: {tags: {only: /v.*/}, branches: {ignore: /.*/}}}
              - build: {filters: {tags: {only: /v.*/}, branches: {ignore: /.*/}}}
          main: {jobs: [deploy-staging]}
    """,
    "bitbucket-pipelines.yml": """
        pipelines:
          tags:
            "v*":
              - step: {name: build, script: [docker build -t shop .]}
              - step: {name: staging, deployment: staging, script: [kubectl apply -f staging.yaml]}
              - step: {name: live, deployment: production, trigger: manual, script: [ship it]}
    """,
    ".buildkite/pipeline.yml": """
        steps:
          - {label: build, command: docker build -t shop .}
          - wait
          - {label: deploy staging, command: kubectl apply -f staging.yaml}
          - {block: Release, key: hold}
          - {label: deploy production, depends_on: hold, commands: [ship it]}
    """,
    ".woodpecker.yml": """
        when: {event: tag}
        steps:
          - {name: build, image: docker, commands: [docker build -t shop .]}
          - {name: staging, image: kubectl, commands: [kubectl apply -f staging.yaml]}
          - {name: deploy-production, image: alpine, commands: [ship it]}
    """,
    "Jenkinsfile": """
        pipeline {
          agent any
          stages {
            stage('Build') { steps { sh 'docker build -t shop .' } }
            stage('Deploy staging') { steps { sh 'kubectl apply -f staging.yaml' } }
            stage('Deploy production') { when { buildingTag() } input { message 'Go?' } steps { sh 'ship it' } }
          }
        }
    """,
}
