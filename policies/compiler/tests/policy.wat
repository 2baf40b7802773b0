;; A module of the contract's shape that answers with whatever lies at address 0: no findings.
(module
  (import "$root" "log" (func (param i32 i32 i32)))
  (memory (export "memory") 1)
  ;; BODY
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "init") (param i32 i32) (result i32) (i32.const 0))
  (func (export "check-layer") (param i32) (result i32) (i32.const 0))
  (func (export "check-values") (param i32) (result i32) (i32.const 0))
  (func (export "check-manifests") (param i32) (result i32) (i32.const 0)))
