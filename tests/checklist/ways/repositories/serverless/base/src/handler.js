exports.strike = async () => ({ statusCode: 200, body: "cuckoo" });
