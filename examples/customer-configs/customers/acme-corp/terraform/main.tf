module "namespace" {
  source      = "../../../shared/terraform-modules/customer-namespace"
  customer    = "acme-corp"
  environment = "prod"
  memory      = "24Gi"
}
