dnl Own checks of configure.ac. A flag counts as taken when a program compiles with it and -Werror: some
dnl compilers only warn about a flag that they do not know.

dnl CLU_TRY_FLAG(FLAG, IF-TAKEN, [PROGRAM], [AC_COMPILE_IFELSE or AC_LINK_IFELSE])
AC_DEFUN([CLU_TRY_FLAG], [
  AC_MSG_CHECKING([whether $CC takes $1])
  clu_save_CFLAGS=$CFLAGS
  # Before CFLAGS, as in the build, and with what it stands on.
  CFLAGS="-O2 $1 $clu_save_CFLAGS -Werror"
  m4_default([$4], [AC_COMPILE_IFELSE])([m4_default([$3], [AC_LANG_PROGRAM([[#include <stdlib.h>]], [[]])])],
    [clu_taken=yes], [clu_taken=no])
  CFLAGS=$clu_save_CFLAGS
  AC_MSG_RESULT([$clu_taken])
  AS_IF([test $clu_taken = yes], [$2])
])

dnl CLU_FLAGS(VAR, FLAGS): append each flag that the compiler takes; VAR is substituted.
AC_DEFUN([CLU_FLAGS], [
  AC_SUBST([$1])
  m4_foreach_w([clu_flag], [$2],
    [CLU_TRY_FLAG(m4_defn([clu_flag]), [$1="$$1 clu_flag"])])
])

dnl CLU_LINK_FLAGS(VAR, FLAGS): the same for the linker.
AC_DEFUN([CLU_LINK_FLAGS], [
  AC_SUBST([$1])
  m4_foreach_w([clu_flag], [$2],
    [CLU_TRY_FLAG(m4_defn([clu_flag]), [$1="$$1 clu_flag"], [], [AC_LINK_IFELSE])])
])

dnl CLU_FORTIFY(VAR): checked string functions, at the highest level that this libc and CFLAGS allow.
AC_DEFUN([CLU_FORTIFY], [
  clu_fortify=
  CLU_TRY_FLAG([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3], [clu_fortify="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"])
  AS_IF([test -z "$clu_fortify"],
    [CLU_TRY_FLAG([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2],
      [clu_fortify="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])])
  $1="$$1 $clu_fortify"
])

dnl CLU_PIE(CFLAGS-VAR, LDFLAGS-VAR)
AC_DEFUN([CLU_PIE], [
  CLU_TRY_FLAG([-fPIE -pie], [$1="$$1 -fPIE"; $2="$$2 -pie"], [], [AC_LINK_IFELSE])
])

dnl CLU_KERN_TARGET(NAME, FLAGS, BODY): KERN_<NAME>_CFLAGS and clu_kern_<NAME>, when this is x86-64 and the
dnl compiler makes a program of BODY, which uses double x.
AC_DEFUN([CLU_KERN_TARGET], [
  AC_SUBST([KERN_$1_CFLAGS])
  clu_kern_$1=no
  CLU_TRY_FLAG([$2], [clu_kern_$1=yes; KERN_$1_CFLAGS="$2"],
    [AC_LANG_SOURCE([[
#ifndef __x86_64__
#error not x86-64
#endif
#include <immintrin.h>
int f(double x);
int f(double x) { $3 }
]])])
])

dnl CLU_SONAME(VAR, PKG-CONFIG MODULE, DEFAULT): the name under which the run-time loader knows the library.
AC_DEFUN([CLU_SONAME], [
  AC_MSG_CHECKING([for the run-time name of $2])
  clu_lib=`$PKG_CONFIG --variable=libdir $2 2>/dev/null`/$2.so
  $1=`$OBJDUMP -p "$clu_lib" 2>/dev/null | sed -n 's/^ *SONAME  *//p'`
  AS_IF([test -z "$$1" && test -h "$clu_lib"],
    [$1=`readlink -f "$clu_lib" | sed -n 's,.*/\($2\.so\.@<:@0-9@:>@*\).*,\1,p'`])
  AS_IF([test -z "$$1"], [$1=$3])
  AC_MSG_RESULT([$$1])
])
