;; isPlain(size): 1 where the first `size` bytes of the memory are HT, LF, CR and 0x20 to 0x7E only. Sixteen at a time.
(module
  (memory (export "m") 2)
  (func (export "p") (param $size i32) (result i32)
    (local $at i32) (local $bytes v128) (local $odd v128)
    ;; What stands behind the last byte is plain.
    (v128.store (local.get $size) (i8x16.splat (i32.const 0x20)))
    (loop $next
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $odd
        (v128.or
          (local.get $odd)
          (v128.andnot
            ;; Signed, bytes above 0x7F are below nought.
            (v128.or
              (i8x16.lt_s (local.get $bytes) (i8x16.splat (i32.const 0x20)))
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x7f))))
            (v128.or
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x09)))
              (v128.or
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x0a)))
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x0d))))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $size))))
    (i32.eqz (v128.any_true (local.get $odd)))))
