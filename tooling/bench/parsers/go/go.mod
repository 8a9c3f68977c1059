module nacre.parsers

go 1.21

require github.com/SpectraLogic/ds3_go_sdk v5.6.0+incompatible
