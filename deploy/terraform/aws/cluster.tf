module "cluster" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name               = local.name
  kubernetes_version = var.kubernetes_version
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnets

  endpoint_public_access                   = true
  endpoint_public_access_cidrs             = var.cluster_access
  enable_cluster_creator_admin_permissions = true

  addons = {
    coredns                = {}
    kube-proxy             = {}
    metrics-server         = {} # for the autoscaler of the web pods
    eks-pod-identity-agent = { before_compute = true }
    vpc-cni = {
      before_compute       = true
      configuration_values = jsonencode({ enableNetworkPolicy = "true" })
    }
  }

  eks_managed_node_groups = {
    main = {
      ami_type       = can(regex("^[a-z]+[0-9]+g", var.nodes.type)) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD"
      instance_types = [var.nodes.type]
      min_size       = var.nodes.min
      max_size       = var.nodes.max
      desired_size   = var.nodes.min
    }
  }
}
