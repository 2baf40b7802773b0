variable "customer" {
  type        = string
  description = "Name of the customer, as in customers/{customer}"
}

variable "environment" {
  type        = string
  description = "dev, staging or prod"
}

variable "memory" {
  type        = string
  description = "Sum of the memory limits of the namespace"
}
