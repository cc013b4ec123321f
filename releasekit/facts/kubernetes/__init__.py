"""Kubernetes objects as one deployment, whoever wrote them: files, a chart or a kustomization."""
