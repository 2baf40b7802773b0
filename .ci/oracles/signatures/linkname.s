// Go takes functions without a body, as initFunMap and builtins, only beside a file like this one.
