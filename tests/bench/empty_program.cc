// The floor of a cold start: a process that does nothing.
int main() { return 0; }
