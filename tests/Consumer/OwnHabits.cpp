// Written to a title's own taste. The engine's warnings would refuse it, and they are not the title's business.
int RoundedDown(double value) {
    return value;
}
