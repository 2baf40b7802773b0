{{- $days := 90 }}
{{- $ca := genCA "test-only root" 365 }}
{{- $odd := genCA "Prüfstelle *@_" 1 }}
{{- $none := genCA "" 10 }}
{{- $small := genPrivateKey "ecdsa" }}
{{- $edwards := genPrivateKey "ed25519" }}
{{- $curve := genCAWithKey "curve root" $days $small }}
{{- $twisted := genCAWithKey "curve root" $days $edwards }}
ca: {{ toJson $ca }}
ca-odd-name: {{ toJson $odd }}
ca-no-name: {{ toJson $none }}
ca-curve: {{ toJson $curve }}
ca-twisted: {{ toJson $twisted }}
ca-far: {{ genCAWithKey "far" 36500 $small | toJson }}
ca-gone: {{ genCAWithKey "gone" -30 $small | toJson }}
ca-today: {{ genCAWithKey "today" 0 $small | toJson }}
self: {{ genSelfSignedCert "self" (list "10.0.0.1" "fe80::1" "::ffff:1.2.3.4") (list "b.example.com" "*.a.example.com" "") 30 | toJson }}
self-plain: {{ genSelfSignedCertWithKey "self" nil nil 30 $small | toJson }}
self-empty: {{ genSelfSignedCertWithKey "" (list) (list "a") 30 $edwards | toJson }}
self-no-name: {{ genSelfSignedCertWithKey "" nil nil 30 $edwards | toJson }}
signed by ca: {{ genSignedCert "leaf" (list "127.0.0.1") (list "leaf" "leaf.svc") 30 $ca | toJson }}
signed-by-odd by ca-odd-name: {{ genSignedCertWithKey "leaf" nil (list "leaf") 30 $odd $small | toJson }}
signed-by-curve by ca-curve: {{ genSignedCert "leaf" nil (list "leaf") 30 $curve | toJson }}
signed-by-twisted by ca-twisted: {{ genSignedCertWithKey "leaf" nil (list "leaf") 30 $twisted $small | toJson }}
signed-same-name by ca: {{ genSignedCertWithKey "test-only root" nil (list "leaf") 30 $ca $edwards | toJson }}
signed-no-name by ca-no-name: {{ genSignedCertWithKey "" (list "::1") nil 30 $none $edwards | toJson }}
key-rsa: {{ genPrivateKey "rsa" | toJson }}
key-default: {{ genPrivateKey "" | toJson }}
key-dsa: {{ genPrivateKey "dsa" | toJson }}
key-ecdsa: {{ genPrivateKey "ecdsa" | toJson }}
key-ed25519: {{ genPrivateKey "ed25519" | toJson }}
hash swordfish: {{ bcrypt "swordfish" | toJson }}
hash : {{ bcrypt "" | toJson }}
hash pässword: {{ htpasswd "user" "pässword" | trimPrefix "user:" | toJson }}
login: {{ htpasswd "user" "x" | trunc 12 | toJson }}
sealed: {{ encryptAES "key" "text" | decryptAES "key" | toJson }}
sealed-len: {{ encryptAES "key" "sixteen bytes .." | len | toJson }}
