"""What types cannot say: values that contradict each other, name nothing, or do not parse."""
