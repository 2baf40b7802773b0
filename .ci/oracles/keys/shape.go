package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// dsaKey is the form sprig writes DSA keys in.
type dsaKey struct {
	Version       int
	P, Q, G, Y, X *big.Int
}

// keyShape is what a private key is besides its numbers, and its public half.
func keyShape(text string) (string, crypto.PublicKey, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(rest) > 0 || !bytes.Equal(pem.EncodeToMemory(block), []byte(text)) {
		return "", nil, errors.New("no PEM as Go writes it")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return "", nil, err
		}
		if !bytes.Equal(x509.MarshalPKCS1PrivateKey(key), block.Bytes) {
			return "", nil, errors.New("Go writes the key in another way")
		}
		for _, prime := range key.Primes {
			if !prime.ProbablyPrime(20) {
				return "", nil, errors.New("a factor is not prime")
			}
		}
		return fmt.Sprintf("%s, %d bits, exponent %d, primes of %d and %d bits", block.Type, key.N.BitLen(), key.E, key.Primes[0].BitLen(), key.Primes[1].BitLen()), &key.PublicKey, key.Validate()
	case "EC PRIVATE KEY":
		key, err := x509.ParseECPrivateKey(block.Bytes)
		if err != nil {
			return "", nil, err
		}
		if written, err := x509.MarshalECPrivateKey(key); err != nil || !bytes.Equal(written, block.Bytes) {
			return "", nil, errors.Join(err, errors.New("Go writes the key in another way"))
		}
		return block.Type + ", " + key.Curve.Params().Name, &key.PublicKey, nil
	case "DSA PRIVATE KEY":
		var key dsaKey
		if rest, err := asn1.Unmarshal(block.Bytes, &key); err != nil || len(rest) > 0 {
			return "", nil, errors.Join(err, errors.New("no DSA key"))
		}
		one := big.NewInt(1)
		order := new(big.Int).Mod(new(big.Int).Sub(key.P, one), key.Q)
		fits := key.P.ProbablyPrime(20) && key.Q.ProbablyPrime(20) && order.Sign() == 0 && key.G.Cmp(one) > 0 &&
			new(big.Int).Exp(key.G, key.Q, key.P).Cmp(one) == 0 && new(big.Int).Exp(key.G, key.X, key.P).Cmp(key.Y) == 0
		if !fits {
			return "", nil, errors.New("DSA numbers that do not fit")
		}
		return fmt.Sprintf("%s %d, %d and %d bits", block.Type, key.Version, key.P.BitLen(), key.Q.BitLen()), nil, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", nil, err
	}
	if written, err := x509.MarshalPKCS8PrivateKey(key); err != nil || !bytes.Equal(written, block.Bytes) {
		return "", nil, errors.Join(err, errors.New("Go writes the key in another way"))
	}
	return fmt.Sprintf("%s, %T", block.Type, key), key.(crypto.Signer).Public(), nil
}

// certificateShape is what a certificate says besides its number, its keys and the second it was made in.
func certificateShape(made, signer pair) (string, error) {
	block, rest := pem.Decode([]byte(made.Cert))
	if block == nil || len(rest) > 0 || !bytes.Equal(pem.EncodeToMemory(block), []byte(made.Cert)) {
		return "", errors.New("no PEM as Go writes it")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	key, public, err := keyShape(made.Key)
	if err != nil {
		return "", err
	}
	if !equal(public, certificate.PublicKey) {
		return "", errors.New("certificate and key are not of one pair")
	}
	signerBlock, _ := pem.Decode([]byte(signer.Cert))
	parent, err := x509.ParseCertificate(signerBlock.Bytes)
	if err != nil {
		return "", err
	}
	// Of those that sign themselves without being an authority the signature alone is looked at.
	if err := parent.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature); err != nil {
		return "", err
	}
	if parent.IsCA {
		if err := certificate.CheckSignatureFrom(parent); err != nil {
			return "", err
		}
	}
	if since := time.Since(certificate.NotBefore); since < -time.Second || since > time.Hour {
		return "", fmt.Errorf("begins at %s", certificate.NotBefore)
	}
	if certificate.SerialNumber.Sign() <= 0 || certificate.SerialNumber.BitLen() > 128 {
		return "", errors.New("a number out of range")
	}
	words := fmt.Sprintf("%s %d %s, subject %x %s, issuer %x, valid %s, names %q %q, key %s, signature %s, usage %d %v, authority %v %v %d",
		block.Type, certificate.Version, certificate.PublicKeyAlgorithm, certificate.RawSubject, certificate.Subject, certificate.RawIssuer,
		certificate.NotAfter.Sub(certificate.NotBefore), certificate.DNSNames, certificate.IPAddresses, key, certificate.SignatureAlgorithm,
		certificate.KeyUsage, certificate.ExtKeyUsage, certificate.IsCA, certificate.BasicConstraintsValid, certificate.MaxPathLen)
	for _, extension := range certificate.Extensions {
		words += fmt.Sprintf(", %s %v", extension.Id, extension.Critical)
		if extension.Id.String() != "2.5.29.14" && extension.Id.String() != "2.5.29.35" {
			words += fmt.Sprintf(" %x", extension.Value)
		}
	}
	return fmt.Sprintf("%s, key ids of %d and %d bytes, the issuer's %v", words, len(certificate.SubjectKeyId), len(certificate.AuthorityKeyId),
		bytes.Equal(certificate.AuthorityKeyId, parent.SubjectKeyId)), nil
}

func equal(one, other crypto.PublicKey) bool {
	switch one := one.(type) {
	case *rsa.PublicKey:
		return one.Equal(other)
	case *ecdsa.PublicKey:
		return one.Equal(other)
	case ed25519.PublicKey:
		return one.Equal(other)
	}
	return false
}
