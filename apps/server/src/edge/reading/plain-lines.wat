;; n(size, most): how many lines the first `size` bytes of the memory are, the last of which is an LF. 0 where one of them may be
;; more than a plain message of `most` bytes: where a byte isn't an LF or 0x20 to 0x7E, or one begins with `/`, `*`, `q` or `Q`.
(module
  (memory (export "m") 1)
  (func (export "n") (param $size i32) (param $most i32) (result i32)
    (local $at i32) (local $bytes v128) (local $end v128) (local $odd v128)
    (local $ends i32) (local $begins i32) (local $bad i32) (local $lines i32) (local $blocks i32) (local $widest i32)
    ;; The first byte begins a line. What stands behind the last one is plain.
    (local.set $begins (i32.const 1))
    (v128.store (local.get $size) (i8x16.splat (i32.const 0x20)))
    (loop $next
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $end (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x0a))))
      (local.set $odd
        (v128.or
          (local.get $odd)
          (v128.andnot
            ;; Signed, bytes above 0x7F are below nought.
            (v128.or
              (i8x16.lt_s (local.get $bytes) (i8x16.splat (i32.const 0x20)))
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x7f))))
            (local.get $end))))
      (local.set $ends (i8x16.bitmask (local.get $end)))
      (local.set $begins (i32.or (local.get $begins) (i32.shl (local.get $ends) (i32.const 1))))
      (local.set $bad
        (i32.or
          (local.get $bad)
          (i32.and
            (local.get $begins)
            (i8x16.bitmask
              (v128.or
                (i8x16.eq (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20))) (i8x16.splat (i32.const 0x71)))
                (v128.or
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x2f)))
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x2a)))))))))
      (local.set $begins (i32.shr_u (local.get $begins) (i32.const 16)))
      (local.set $lines (i32.add (local.get $lines) (i32.popcnt (local.get $ends))))
      ;; Blocks in a row without an end are within one line.
      (local.set $blocks
        (select (i32.const 0) (i32.add (local.get $blocks) (i32.const 1)) (local.get $ends)))
      (local.set $widest
        (select (local.get $blocks) (local.get $widest) (i32.gt_u (local.get $blocks) (local.get $widest))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $size))))
    (select
      (i32.const 0)
      (local.get $lines)
      (i32.or
        (i32.or (v128.any_true (local.get $odd)) (local.get $bad))
        (i32.gt_u (i32.shl (i32.add (local.get $widest) (i32.const 2)) (i32.const 4)) (local.get $most))))))
