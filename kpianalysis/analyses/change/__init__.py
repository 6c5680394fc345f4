"""What changes over time: values by period, what moved the total, signal or noise, where a period will end."""
