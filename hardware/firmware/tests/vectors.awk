# vectors.txt as a C header: tables of strings in hexadecimal.
BEGIN { print "/* Made from vectors.txt. */" }
$1 == "frame"  { frame  = frame  sprintf("    {\"%s\", %su, 0x%su,\n     \"%s\",\n     \"%s\"},\n", $2, $3, $4, $5, $6) }
$1 == "stuff"  { stuff  = stuff  sprintf("    {\"%s\",\n     \"%s\",\n     \"%s\"},\n", $2, $3, $4) }
$1 == "fault"  { fault  = fault  sprintf("    {\"%s\", \"%s\",\n     \"%s\"},\n", $2, $3, $4) }
$1 == "spoilt" { spoilt = spoilt sprintf("    {\"%s\", \"%s\"},\n", $2, $3) }
$1 == "check"  { check  = check  sprintf("    {\"%s\", 0x%su, \"%s\"},\n", $2, $3, $4) }
END {
    printf "static const struct { const char *name; unsigned size; uint32_t crc; const char *raw, *cobs; } FRAMES[] = {\n%s};\n", frame
    printf "static const struct { const char *name, *raw, *cobs; } STUFFED[] = {\n%s};\n", stuff
    printf "static const struct { const char *name, *kind, *raw; } FAULTS[] = {\n%s};\n", fault
    printf "static const struct { const char *name, *cobs; } SPOILT[] = {\n%s};\n", spoilt
    printf "static const struct { const char *name; uint32_t crc; const char *raw; } CHECKS[] = {\n%s};\n", check
}
