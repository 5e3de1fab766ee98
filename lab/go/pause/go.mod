module runsheet.invalid/lab/pause

go 1.26
