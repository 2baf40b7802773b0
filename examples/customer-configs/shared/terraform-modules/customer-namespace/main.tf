resource "kubernetes_resource_quota" "customer" {
  metadata {
    name      = "customer"
    namespace = "${var.customer}-${var.environment}"
  }
  spec {
    hard = {
      "limits.memory" = var.memory
    }
  }
}
