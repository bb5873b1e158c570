variable "folder" {
  description = "What vpn-medic template --out wrote: the template, and code/"
  type        = string
}

variable "code_bucket" {
  description = "A bucket in the region of deployment, for the template and the functions' code"
  type        = string
}

variable "stage" {
  description = "Names everything: the stack is vpn-medic-STAGE"
  type        = string
  default     = "prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,15}$", var.stage))
    error_message = "A letter, then at most 15 small letters, digits and hyphens."
  }
}

variable "parameters" {
  description = "Deploy parameters by name (docs/parameters.md); those left out have their defaults"
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "For every resource of the stack that takes tags"
  type        = map(string)
  default     = {}
}
