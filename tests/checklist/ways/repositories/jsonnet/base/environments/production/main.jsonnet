local k = import 'ksonnet-util/kausal.libsonnet';

{
  vellum: k.apps.v1.deployment.new('vellum', replicas=2, containers=[
    k.core.v1.container.new('web', 'registry.example.com/vellum/web:1.0.0'),
  ]),
}
