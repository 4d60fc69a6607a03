# SES sends for the domain, with DKIM. A new account starts in SES's sandbox: ask AWS for production access.
resource "aws_sesv2_email_identity" "domain" {
  email_identity = var.domain
}

resource "aws_route53_record" "dkim" {
  count   = 3
  zone_id = data.aws_route53_zone.domain.zone_id
  name    = "${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[count.index]}._domainkey.${var.domain}"
  type    = "CNAME"
  ttl     = 600
  records = ["${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[count.index]}.dkim.amazonses.com"]
}

resource "aws_route53_record" "dmarc" {
  zone_id = data.aws_route53_zone.domain.zone_id
  name    = "_dmarc.${var.domain}"
  type    = "TXT"
  ttl     = 600
  records = ["v=DMARC1; p=quarantine; adkim=s"]
}

resource "aws_iam_user" "email" {
  name = "${local.name}-email"
}

resource "aws_iam_access_key" "email" {
  user = aws_iam_user.email.name
}

resource "aws_iam_user_policy" "email" {
  name = "send"
  user = aws_iam_user.email.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ses:SendRawEmail", Resource = aws_sesv2_email_identity.domain.arn }]
  })
}
