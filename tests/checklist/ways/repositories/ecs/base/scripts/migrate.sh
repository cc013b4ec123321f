#!/bin/sh
# Migrate in a task of the newest revision, and fail when it does
set -eu
task=$(aws ecs run-task --cluster production --task-definition parcelpost --launch-type FARGATE \
  --network-configuration file://network.json \
  --overrides '{"containerOverrides": [{"name": "web", "command": ["alembic", "upgrade", "head"]}]}' \
  --query 'tasks[0].taskArn' --output text)
aws ecs wait tasks-stopped --cluster production --tasks "$task"
test "$(aws ecs describe-tasks --cluster production --tasks "$task" --query 'tasks[0].containers[0].exitCode' --output text)" = 0
