module runsheet.invalid/lab/network-policies-plugin

go 1.26
